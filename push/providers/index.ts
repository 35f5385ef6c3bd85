import type { ProviderId } from '../model';
import { admProvider } from './adm/provider';
import { apnsProvider } from './apns/provider';
import { baiduProvider } from './baidu/provider';
import { fcmProvider } from './fcm/provider';
import type { Provider } from './provider';

/** Every service pushes can go through: a new one is its folder and one line here. */
export const PROVIDERS: Readonly<Record<ProviderId, Provider>> = {
	apns: apnsProvider,
	fcm: fcmProvider,
	baidu: baiduProvider,
	adm: admProvider,
};
