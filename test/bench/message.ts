import type { Notification } from '../../push/messages';

const COMMON = {
	title: 'Your order is on its way',
	data: { screen: 'orders', campaign: 'spring-2026', order: '48151623' },
	sound: 'default',
	collapseId: 'order-48151623',
	timeToLiveSeconds: 86_400,
} satisfies Notification;

/** The same for everybody; about 250 bytes. */
export const STATIC_MESSAGE: Notification = { ...COMMON, body: 'It left our warehouse and will be with you tomorrow.' };

/** Two places to fill. */
export const SUBSTITUTED_MESSAGE: Notification = {
	...COMMON,
	body: 'Hello {{name}}, your order {{order}} left our warehouse.',
};
