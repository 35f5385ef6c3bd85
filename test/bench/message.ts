import type { MulticastMessage } from 'firebase-admin/messaging';
import type { Notification } from '../../push/messages';

const COMMON = {
	title: 'Your order is on its way',
	data: { screen: 'orders', campaign: 'spring-2026', order: '48151623' },
	sound: 'default',
	collapseId: 'order-48151623',
	timeToLiveSeconds: 86_400,
} satisfies Notification;

/** The same for everybody; about 250 bytes. */
export const STATIC_MESSAGE = {
	...COMMON,
	body: 'It left our warehouse this morning and will be with you tomorrow before noon. Have a look inside.',
} satisfies Notification;

/** Two places to fill. */
export const SUBSTITUTED_MESSAGE: Notification = {
	...COMMON,
	body: 'Hello {{name}}, your order {{order}} left our warehouse.',
};

/** The static message in firebase-admin's words. */
export const FIREBASE_MESSAGE: Omit<MulticastMessage, 'tokens'> = {
	notification: { title: STATIC_MESSAGE.title, body: STATIC_MESSAGE.body },
	data: STATIC_MESSAGE.data,
	android: {
		collapseKey: COMMON.collapseId,
		ttl: COMMON.timeToLiveSeconds * 1000,
		notification: { sound: COMMON.sound },
	},
	apns: { headers: { 'apns-collapse-id': COMMON.collapseId }, payload: { aps: { sound: COMMON.sound } } },
};
