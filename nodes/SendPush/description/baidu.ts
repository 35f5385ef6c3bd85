import type { INodeProperties } from 'n8n-workflow';
import { BAIDU, INSIDE_VISIBLE, onlyFor } from './channels';
import { NOT_FROM_TEMPLATE } from './template';

const visible = { show: INSIDE_VISIBLE };

/** Baidu Cloud Push: push/single_device. */
export const baiduOptions: INodeProperties = {
	displayName: 'Baidu Options',
	name: 'baiduOptions',
	type: 'collection',
	placeholder: 'Add Baidu Option',
	default: {},
	displayOptions: { show: onlyFor(BAIDU), hide: NOT_FROM_TEMPLATE },
	options: [
		{
			displayName: 'Deploy Status',
			name: 'deployStatus',
			type: 'options',
			options: [
				{ name: 'Development', value: 'development' },
				{ name: 'Production', value: 'production' },
			],
			default: 'production',
			description: "Which of Apple's environments the app was built for",
			displayOptions: { show: { deviceType: ['ios'] } },
		},
		{
			displayName: 'Device Type',
			name: 'deviceType',
			type: 'options',
			options: [
				{ name: 'Android', value: 'android' },
				{ name: 'iOS', value: 'ios' },
			],
			default: 'android',
			description: 'What the address belongs to; Baidu keeps the two apart',
		},
		{
			displayName: 'Message Type',
			name: 'messageType',
			type: 'options',
			options: [
				{ name: 'Notification', value: 'notification', description: 'Shown by the device' },
				{ name: 'Transparent', value: 'transparent', description: 'Handed to the app, nothing shown' },
			],
			default: 'notification',
			description: 'Whether the device shows it or the app gets it',
		},
		{
			displayName: 'Notification Builder ID',
			name: 'notificationBuilderId',
			type: 'number',
			default: 0,
			description: 'Which of the styles defined in the app to use',
			displayOptions: visible,
		},
		{
			displayName: 'Notification Style',
			name: 'notificationBasicStyle',
			type: 'number',
			default: 7,
			description: 'Sum of 4 (sound), 2 (vibration) and 1 (can be cleared)',
			displayOptions: visible,
		},
		{
			displayName: 'Package Content',
			name: 'pkgContent',
			type: 'string',
			default: '',
			placeholder: 'e.g. #Intent;component=com.example/.Order;end',
			description: 'Intent that starts a certain screen of the app',
			displayOptions: visible,
		},
		{
			displayName: 'Topic ID',
			name: 'topicId',
			type: 'string',
			default: '',
			placeholder: 'e.g. orders',
			description: "Groups messages in Baidu's reports",
		},
	],
};
