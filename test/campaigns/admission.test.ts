import { Admission } from '../../push/campaigns/admission';
import { hash64 } from '../../push/campaigns/addressHash';
import { openOffice, sqlitePlace } from './fixture';

test('a run that is over is asked no more: it would take every device for a new one', async () => {
	const place = sqlitePlace();
	const office = await openOffice(place);
	try {
		const admission = new Admission(office.store.campaignBatches, 1);
		expect(await admission.admit(0, [hash64('a', 1), hash64('b', 1)])).toEqual([true, true]);
		expect(await admission.admit(1, [hash64('b', 1), hash64('c', 1)])).toEqual([false, true]);
		await admission.leave();
		await expect(admission.admit(2, [hash64('c', 1)])).rejects.toThrow('The run that asks is over.');
	} finally {
		await office.close();
		await place.remove();
	}
});
