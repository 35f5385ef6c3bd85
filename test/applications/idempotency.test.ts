import { caller, describeRegistries } from './registryFixture';

describeRegistries((the) => {
	describe('idempotency', () => {
		const decode = (value: unknown) => value;

		test('the same key sends once, also for executions at the same time', async () => {
			const send = await the.registry.openSend(caller, await the.make());
			let sends = 0;
			const work = async () => ({ sent: ++sends });
			const all = await Promise.all(
				Array.from({ length: 5 }, async () => await send.once('k', { a: 1 }, work, decode)),
			);
			expect(sends).toBe(1);
			expect(all.map(({ value }) => value)).toEqual(Array.from({ length: 5 }, () => ({ sent: 1 })));
			expect(all.filter(({ replayed }) => replayed)).toHaveLength(4);
			await expect(send.once('k', { a: 2 }, work, decode)).rejects.toMatchObject({ code: 'Conflict' });
		});

		test('a failure before anything was sent gives the key back; one after does not', async () => {
			const send = await the.registry.openSend(caller, await the.make());
			const fails = async () => await Promise.reject(new Error('broken'));
			await expect(send.once('k', 1, fails, decode)).rejects.toThrow('broken');
			expect(await send.once('k', 1, async () => 'ok', decode)).toEqual({ value: 'ok', replayed: false });
			const late = async (sent: () => void) => {
				sent();
				return await fails();
			};
			await expect(send.once('late', 1, late, decode)).rejects.toThrow('broken');
			expect(
				await the.store.idempotency.claim(send.application.id, 'late', '', Date.now(), Date.now() + 1),
			).toMatchObject({
				state: 'running',
			});
		});
	});
});
