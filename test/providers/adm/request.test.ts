import { admHeaders, admPath, refuseAdmAddress } from '../../../push/providers/adm/request';
import { readAdmCredential } from '../../../push/providers/adm/credential';

describe('a request to ADM', () => {
	it('goes to the registration id, encoded', () => {
		expect(admPath('amzn1.adm-registration.v3.Y/+=?#%')).toBe(
			'/messaging/registrations/amzn1.adm-registration.v3.Y%2F%2B%3D%3F%23%25/messages',
		);
	});

	it('has the headers Amazon asks for', () => {
		expect(admHeaders('Atc|x')).toEqual({
			authorization: 'Bearer Atc|x',
			'content-type': 'application/json',
			accept: 'application/json',
			'x-amzn-type-version': 'com.amazon.device.messaging.ADMMessage@1.0',
			'x-amzn-accept-type': 'com.amazon.device.messaging.ADMSendResult@1.0',
		});
	});

	it.each(['', 'a b', 'a\n', 'ä', '..', '.', '\ud800', 'x'.repeat(4097)])(
		'is not made for the address %j',
		(address) => {
			expect(refuseAdmAddress(address)).toMatchObject({
				class: 'token',
				tokenAction: 'suspect',
				providerReason: 'InvalidAddress',
				statusCode: 400,
				processed: false,
			});
		},
	);

	it.each(['amzn1.adm-registration.v3.Y', 'a/../b', 'x'.repeat(4096)])(
		'is made for the registration id %s',
		(address) => {
			expect(refuseAdmAddress(address)).toBeUndefined();
		},
	);
});

describe('the security profile for ADM', () => {
	const read = (clientId: string, clientSecret: string) => readAdmCredential({ type: 'adm', clientId, clientSecret });

	it('is taken without blanks around its values, and leads to Amazon', () => {
		const profile = read(' amzn1.application-oa2-client.1 ', 'hush\n');
		expect(profile).toMatchObject({
			clientId: 'amzn1.application-oa2-client.1',
			clientSecret: 'hush',
			origin: 'https://api.amazon.com',
		});
		expect(profile.tokenUrl.href).toBe('https://api.amazon.com/auth/O2/token');
		expect(profile.key).toMatch(/^[0-9a-f]{64}$/);
	});

	it.each([
		['', 'x', /client id is empty/],
		['x', ' ', /client secret is empty/],
		['a b', 'x', /client id has blanks/],
		['x', 'hüsh', /client secret has blanks or foreign/],
		['amzn1.oa2-cs.v1.hush', 'amzn1.application-oa2-client.1', /each other's place/],
		['x', 'amzn1.application-oa2-client.1', /each other's place/],
		['same', 'same', /two different values/],
	])('is refused in words: %j, %j', (clientId, clientSecret, words) => {
		expect(() => read(clientId, clientSecret)).toThrow(words);
		expect(() => read(clientId, clientSecret)).not.toThrow(/h[uü]sh/);
	});

	it('leads to the custom endpoints where they are set', () => {
		const profile = readAdmCredential({
			type: 'adm',
			clientId: 'a',
			clientSecret: 'b',
			connection: { endpoint: 'https://gateway.example/', tokenEndpoint: 'https://gateway.example/t?x=1' },
		});
		expect(profile.origin).toBe('https://gateway.example');
		expect(profile.tokenUrl.href).toBe('https://gateway.example/t?x=1');
	});
});
