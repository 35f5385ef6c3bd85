import type { INodeProperties } from 'n8n-workflow';
import { additionalFields } from './additional';
import { admOptions } from './adm';
import { apnsOptions } from './apns';
import { baiduOptions } from './baidu';
import { campaignFailureField, campaignKeyFields, campaignRecipientFields, showCampaign } from './campaign';
import { campaignSettings } from './campaignSettings';
import { channelFields } from './channel';
import { SEND_TO_DEVICES } from './channels';
import { fcmOptions } from './fcm';
import { messageFields } from './message';
import { styleNotice } from './options';
import { addressKindField, recipientFields } from './recipients';
import { templateFields } from './template';

/**
 * The form of a message, for Send to Devices and for Start Campaign: which channel, to whom, what, and how. Each of the
 * two shows its own fields of it, in this order.
 */
export const messageForm: INodeProperties[] = [
	...campaignKeyFields,
	...channelFields,
	addressKindField,
	...recipientFields,
	...campaignRecipientFields,
	...templateFields,
	...messageFields,
	additionalFields,
	apnsOptions,
	fcmOptions,
	baiduOptions,
	admOptions,
	styleNotice({ show: { ...SEND_TO_DEVICES, '/options.style': ['awsCompatible'] } }),
	campaignSettings,
	campaignFailureField(showCampaign('start')),
];
