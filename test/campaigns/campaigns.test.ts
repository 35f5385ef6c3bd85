import { itemSource } from '../../push/campaigns';
import type { StorePlace } from '../store/stores';
import { caller, logged, type Office, openOffice, people, PLAN, sqlitePlace } from './fixture';

let place: StorePlace;
let office: Office;

beforeEach(async () => {
	place = sqlitePlace();
	office = await openOffice(place);
});

afterEach(async () => {
	await office.close();
	await place.remove();
});

const start = async (items: readonly object[], plan: Partial<typeof PLAN> = {}, key = 'spring') =>
	await office.campaigns.start(caller, {
		application: { by: 'id', id: office.applicationId },
		key,
		plan: { ...PLAN, ...plan },
		source: itemSource(items),
	});

describe('a campaign', () => {
	it('reaches everybody once and records every result', async () => {
		const { campaign } = await start(people(2_500));
		expect(campaign).toMatchObject({ state: 'COMPLETED', intake: 'DONE', rows: 2_500, successful: 2_500, pending: 0 });
		expect(office.sent).toHaveLength(2_500);
		expect(office.sent[7]?.text).toContain('Hello Person 7');
		const results = await logged(office.store, campaign?.id ?? '');
		expect(new Set(results.map(({ address }) => address)).size).toBe(2_500);
		expect(results).toHaveLength(2_500);
	});
});
