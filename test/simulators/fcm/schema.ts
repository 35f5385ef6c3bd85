/** What a field of FCM's JSON may hold. */
export type Kind =
	| 'string'
	| 'boolean'
	| 'integer'
	| 'number'
	| 'texts'
	| 'textMap'
	| 'duration'
	| 'durations'
	| 'timestamp'
	| 'struct'
	| 'color'
	| 'label'
	| 'httpsUrl'
	/** Upper-case words; the lower-case ones of the older samples are taken too. */
	| { readonly words: readonly string[] }
	| { readonly fields: Schema };

/** Fields by their snake_case names; Google's parser takes camelCase for each of them too. */
export type Schema = Readonly<Record<string, Kind>>;

const fields = (schema: Schema): Kind => ({ fields: schema });
const words = (...list: string[]): Kind => ({ words: list });
const analytics = { analytics_label: 'label' } as const;

const ANDROID_NOTIFICATION: Schema = {
	title: 'string',
	body: 'string',
	icon: 'string',
	color: 'color',
	sound: 'string',
	tag: 'string',
	click_action: 'string',
	body_loc_key: 'string',
	body_loc_args: 'texts',
	title_loc_key: 'string',
	title_loc_args: 'texts',
	channel_id: 'string',
	ticker: 'string',
	sticky: 'boolean',
	event_time: 'timestamp',
	local_only: 'boolean',
	notification_priority: words(
		'PRIORITY_UNSPECIFIED',
		'PRIORITY_MIN',
		'PRIORITY_LOW',
		'PRIORITY_DEFAULT',
		'PRIORITY_HIGH',
		'PRIORITY_MAX',
	),
	default_sound: 'boolean',
	default_vibrate_timings: 'boolean',
	default_light_settings: 'boolean',
	vibrate_timings: 'durations',
	visibility: words('VISIBILITY_UNSPECIFIED', 'PRIVATE', 'PUBLIC', 'SECRET'),
	notification_count: 'integer',
	light_settings: fields({
		color: fields({ red: 'number', green: 'number', blue: 'number', alpha: 'number' }),
		light_on_duration: 'duration',
		light_off_duration: 'duration',
	}),
	image: 'string',
	proxy: words('PROXY_UNSPECIFIED', 'ALLOW', 'DENY', 'IF_PRIORITY_LOWERED'),
	bypass_proxy_notification: 'boolean',
};

const ANDROID: Schema = {
	collapse_key: 'string',
	priority: words('NORMAL', 'HIGH'),
	ttl: 'duration',
	restricted_package_name: 'string',
	data: 'textMap',
	notification: fields(ANDROID_NOTIFICATION),
	fcm_options: fields(analytics),
	direct_boot_ok: 'boolean',
	bandwidth_constrained_ok: 'boolean',
	restricted_satellite_ok: 'boolean',
};

/** FCM: REST resource `projects.messages`, without its output-only `name`. */
export const MESSAGE: Schema = {
	token: 'string',
	fid: 'string',
	topic: 'string',
	condition: 'string',
	data: 'textMap',
	notification: fields({ title: 'string', body: 'string', image: 'string' }),
	android: fields(ANDROID),
	// In preview: taken, not looked into.
	android_v2: 'struct',
	webpush: fields({
		headers: 'textMap',
		data: 'textMap',
		notification: 'struct',
		fcm_options: fields({ ...analytics, link: 'httpsUrl' }),
	}),
	apns: fields({
		headers: 'textMap',
		payload: 'struct',
		live_activity_token: 'string',
		fcm_options: fields({ ...analytics, image: 'string' }),
	}),
	fcm_options: fields(analytics),
};
