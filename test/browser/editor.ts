import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

import type { Owner } from '../../scripts/fullN8n';

/** What a screenshot shows, and what people with a small laptop have. */
export const VIEWPORT = { width: 1280, height: 800 };

/** n8n on two cores, with other work beside it. */
const PATIENCE_MS = 60_000;

export type Row = Readonly<Record<string, string>>;

/** n8n's editor as a person uses it: everything by clicks and keys. */
export class Editor {
	private constructor(
		private readonly context: BrowserContext,
		readonly page: Page,
		private readonly origin: string,
	) {}

	/** Logs in through the form. */
	static async login(browser: Browser, origin: string, owner: Owner): Promise<Editor> {
		const context = await browser.newContext({
			viewport: VIEWPORT,
			locale: 'en-GB',
			timezoneId: 'UTC',
			reducedMotion: 'reduce',
			colorScheme: 'light',
			// n8n takes a headless browser for a bot and lets it approve nothing.
			userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version()} Safari/537.36`,
		});
		const page = await context.newPage();
		page.setDefaultTimeout(PATIENCE_MS);
		const editor = new Editor(context, page, origin);
		await page.goto(`${origin}/signin`);
		await page.locator('input[name=emailOrLdapLoginId]').fill(owner.email);
		await page.locator('input[name=password]').fill(owner.password);
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/home\//);
		return editor;
	}

	async close(): Promise<void> {
		await this.context.close();
	}

	at(testId: string): Locator {
		return this.page.getByTestId(testId);
	}

	/** An empty workflow that starts by hand. */
	async newWorkflow(name: string): Promise<void> {
		await this.page.goto(`${this.origin}/workflow/new`);
		await this.at('canvas-plus-button').click();
		await this.at('node-creator').getByText('Trigger manually', { exact: true }).click();
		await this.at('canvas-node').first().waitFor();
		await this.at('node-creator').waitFor({ state: 'hidden' });
		await this.rename(name);
	}

	/** What the panel lists for a search, in its order. */
	async search(words: string): Promise<string[]> {
		await this.openPanel();
		await this.at('node-creator-search-bar').fill(words);
		await this.at('node-creator-item-name').first().waitFor();
		// The list follows the typing with a short delay.
		await this.page.waitForTimeout(500);
		const found = await this.at('node-creator-item-name').allInnerTexts();
		return found.map((text) => text.trim());
	}

	/** Adds a node behind the last one, from the panel, and opens it. */
	async add({ search, node, action }: { search: string; node: string; action: string }): Promise<void> {
		await this.search(search);
		await this.chooseNode(node);
		await this.at('node-creator-action-item').or(this.at('node-creator-item-name')).first().waitFor();
		await this.at('node-creator').getByText(action, { exact: true }).click();
		await this.at('ndv').waitFor();
	}

	/** A new workflow that begins with a trigger from the panel, which is opened. */
	async startWith({ search, node, action }: { search: string; node: string; action: string }): Promise<void> {
		await this.page.goto(`${this.origin}/workflow/new`);
		await this.at('canvas-plus-button').click();
		await this.at('node-creator-search-bar').fill(search);
		await this.chooseNode(node);
		await this.at('node-creator').getByText(action, { exact: true }).click();
		await this.at('ndv').waitFor();
	}

	async chooseNode(node: string): Promise<void> {
		await this.at('node-creator-item-name').getByText(node, { exact: true }).click();
		await this.at('nodes-list-header').getByText('Node details').waitFor();
	}

	async openPanel(): Promise<void> {
		if (!(await this.at('node-creator').isVisible())) await this.at('node-creator-plus-button').click();
		await this.at('node-creator').waitFor();
	}

	async openNode(name: string): Promise<void> {
		await this.node(name).dblclick();
		await this.at('ndv').waitFor();
	}

	async closeNode(): Promise<void> {
		await this.at('ndv-close-button').click();
		await this.at('ndv').waitFor({ state: 'hidden' });
	}

	node(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	/** One of the options of a parameter. */
	async choose(parameter: string, option: string): Promise<void> {
		await this.at(`parameter-input-${parameter}`).first().click();
		await this.page.locator('[role=option]:visible').getByText(option, { exact: true }).first().click();
		// A list of several choices stays open.
		const header = this.at('node-title-container').first();
		await header.click({ position: { x: 200, y: 8 }, force: true });
	}

	async type(parameter: string, text: string): Promise<void> {
		const field = this.at(`parameter-input-${parameter}`).locator('input, textarea').first();
		await field.fill(text);
		await field.blur();
	}

	async toggle(parameter: string): Promise<void> {
		await this.at(`parameter-input-${parameter}`).locator('[role=switch], .el-switch').first().click();
	}

	/** Chooses from a list that n8n loads. @returns all names the list had */
	async pick(parameter: string, name: string, search?: string): Promise<string[]> {
		await this.at(`parameter-input-${parameter}`).getByTestId('rlc-input').click();
		if (search !== undefined)
			await this.at('rlc-search').locator('input').or(this.at('rlc-search')).last().fill(search);
		const item = this.page.locator('[data-test-id=rlc-item]:visible').getByText(name, { exact: true });
		await item.waitFor();
		const names = await this.page.locator('[data-test-id=rlc-item]:visible').allInnerTexts();
		await item.click();
		return names.map((text) => text.trim());
	}

	/** Attaches a credential; `position` counts the credential fields from the top. */
	async attach(credential: string, position = 0): Promise<void> {
		await this.at('node-credentials-select').nth(position).click();
		await this.page
			.locator('[data-test-id^=node-credentials-select-item]:visible')
			.getByText(credential, { exact: true })
			.click();
	}

	/** Runs the open node and waits until it is through. @returns whether n8n calls it a success */
	async executeStep(): Promise<boolean> {
		// n8n saves what was chosen by itself; a run that begins meanwhile may end unseen.
		await this.page.waitForTimeout(1500);
		await this.at('node-execute-button').click();
		const output = this.at('output-panel');
		const success = output.getByTestId('node-run-status-success');
		const failure = output.getByTestId('node-error-view').or(output.getByTestId('node-run-status-danger'));
		await success.or(failure).first().waitFor();
		await this.dismissToasts();
		return await success.isVisible();
	}

	/** Runs the whole workflow from the canvas. @returns what n8n says at the end */
	async executeWorkflow(): Promise<string> {
		await this.at('execute-workflow-button').click();
		const toast = this.page
			.locator('.el-notification', { hasText: /Workflow executed|Problem|[Ee]rror|failed/ })
			.first();
		await toast.waitFor();
		const words = await toast.innerText();
		await this.dismissToasts();
		return words.trim();
	}

	async dismissToasts(): Promise<void> {
		const toasts = this.page.locator('.el-notification .el-notification__closeBtn');
		for (let left = await toasts.count(); left > 0; left--) {
			await toasts
				.first()
				.click({ timeout: 2000 })
				.catch(() => undefined);
		}
		await this.page.locator('.el-notification').first().waitFor({ state: 'hidden' });
	}

	/** The tabs of a node with several outputs, as they are written: `Sent Branch (2 items)`. */
	async outputs(): Promise<string[]> {
		const texts = await this.at('branches').locator('[data-test-id^=tab-]').allInnerTexts();
		return texts.map((text) => text.trim());
	}

	/** The items of an output in the table view, cell by cell. */
	async rows(output?: string): Promise<Row[]> {
		if (output !== undefined) await this.showOutput(output);
		await this.display('Table');
		const table = this.at('output-panel').locator('table').first();
		const names = await table.locator('thead th').allInnerTexts();
		const rows: Row[] = [];
		for (const row of await table.locator('tbody tr').all()) {
			const cells = await row.locator('td').allInnerTexts();
			rows.push(Object.fromEntries(cells.map((cell, index) => [names[index]?.trim() ?? '', cell.trim()])));
		}
		return rows;
	}

	async showOutput(output: string): Promise<void> {
		await this.at('branches').locator('[data-test-id^=tab-]').getByText(output).click();
	}

	async display(mode: 'Schema' | 'Table' | 'JSON'): Promise<void> {
		await this.at('output-panel').getByTestId(`radio-button-${mode.toLowerCase()}`).click();
	}

	/** The notes n8n shows above the items of the output. */
	async hints(): Promise<string[]> {
		const texts = await this.at('output-panel').getByTestId('node-hint').allInnerTexts();
		return texts.map((text) => text.trim());
	}

	/** Import from File of the workflow's menu, on an empty canvas. */
	async importFile(path: string): Promise<void> {
		await this.page.goto(`${this.origin}/workflow/new`);
		await this.at('canvas-plus-button').waitFor();
		await this.at('workflow-import-input').setInputFiles(path);
		await this.at('canvas-node').first().waitFor();
		// Node by node; n8n then offers credentials, and says so.
		await this.page.waitForTimeout(1000);
		await this.dismissToasts();
	}

	/** What the canvas shows: nodes, notes, and nodes with a red mark. */
	async countNodes(): Promise<{ nodes: number; notes: number; issues: number }> {
		const [nodes, notes, issues] = await Promise.all([
			this.at('canvas-node').count(),
			this.at('sticky').count(),
			this.at('node-issues').count(),
		]);
		return { nodes, notes, issues };
	}

	/** Says something in the chat of a workflow that starts with one. */
	async chat(words: string): Promise<void> {
		const field = this.at('canvas-chat').locator('textarea');
		// It stays open from one workflow to the next.
		if (!(await field.isVisible())) await this.at('workflow-chat-button').click();
		await field.fill(words);
		await this.page.keyboard.press('Enter');
	}

	private async rename(name: string): Promise<void> {
		await this.at('workflow-name-input').click();
		await this.at('inline-edit-input').last().fill(name);
		await this.page.keyboard.press('Enter');
	}
}
