import { OUTCOME_CLASS, type OutcomeClass, type TokenAction } from '../push/model';
import { ADM_REASON } from '../push/providers/adm/reasons';
import { REASON_TABLE, type ReasonContext } from '../push/providers/apns/reasonTable';
import { BAIDU_ERROR } from '../push/providers/baidu/reasons';
import {
	BAD_FIELD,
	BAD_TOKEN,
	ERROR_INFO,
	FCM_ERROR,
	type FcmFacts,
	type FcmRow,
	TOO_BIG,
} from '../push/providers/fcm/reasons';

/** What the tables of the providers have in common. */
interface Row {
	readonly class: OutcomeClass;
	readonly statusCode?: number;
	readonly tokenAction?: TokenAction;
}

const APNS_EXAMPLE: ReasonContext = {
	credential: 'the key ABC123DEFG',
	environment: 'production',
	otherChannel: 'APNS_SANDBOX',
	topic: 'com.example.app',
	pushType: 'alert',
	clockOff: undefined,
	tokenAgeSeconds: 60,
};

const FCM_EXAMPLE: FcmFacts = {
	projectId: 'example-project',
	clientEmail: 'push@example-project.iam.gserviceaccount.com',
	detail: '',
};

function tableRow(reason: string, row: Row, sentence: string): string {
	const { status, statusCode } = OUTCOME_CLASS[row.class];
	const code = row.statusCode ?? statusCode;
	return `| \`${reason}\` | ${status} | ${code} | ${row.tokenAction ?? 'keep'} | ${sentence.replaceAll('|', '\\|').trim()} |`;
}

function section(title: string, rows: readonly string[]): string {
	return [
		`## ${title}`,
		'',
		'| providerReason | deliveryStatus | statusCode | tokenAction | statusMessage |',
		'| --- | --- | --- | --- | --- |',
		...rows,
		'',
	].join('\n');
}

const fcmRow = (reason: string, row: FcmRow) => tableRow(reason, row, row.say(FCM_EXAMPLE));

/** Rows without a meaning of their own (`UNSPECIFIED_ERROR`) follow the HTTP status and are left out. */
function fcmRows(): string[] {
	return [
		fcmRow('INVALID_ARGUMENT (the token)', BAD_TOKEN),
		fcmRow('INVALID_ARGUMENT (a field)', BAD_FIELD),
		fcmRow('INVALID_ARGUMENT (the size)', TOO_BIG),
		...Object.entries(FCM_ERROR).flatMap(([reason, row]) => (row ? [fcmRow(reason, row)] : [])),
		...Object.entries(ERROR_INFO).map(([reason, row]) => fcmRow(reason, row)),
	];
}

const INTRODUCTION = `# Every status and reason, and what to do

<!-- Made by "npm run docs:errors" from the tables in push/providers; do not edit by hand. -->

A result says the same thing in three ways: \`deliveryStatus\` for workflows, \`providerReason\` in the provider's own word, and
\`statusMessage\` in a sentence that says what to do.

## Statuses

| deliveryStatus | meaning | try again? |
| --- | --- | --- |
| SUCCESSFUL | the provider accepted it; the device gets it when it can | no |
| THROTTLED | too many, for this device or for the sender; tries are used up | after \`retryAfterSeconds\` |
| TEMPORARY_FAILURE | trouble at the provider or on the way; tries are used up | after \`retryAfterSeconds\` |
| PERMANENT_FAILURE | the address, the message or the credential is refused | not unchanged |
| UNKNOWN_FAILURE | it was sent, then the connection died: it may have arrived | only if a double does no harm |
| TIMEOUT | it was sent and no answer came: it may have arrived | only if a double does no harm |
| OPT_OUT | the recipient does not want it; nothing was sent | no |
| DUPLICATE | it was sent already under this address | no |

## What to do with the address

| tokenAction | meaning |
| --- | --- |
| keep | nothing is wrong with it |
| remove | the device is gone: forget the address |
| replace | it works; from now on use \`updatedToken\` |
| suspect | the provider calls it invalid, but a wrong environment, topic or project looks just the same. Remove it only when most others work |

When more than a fifth of the last recipients fail with a reason that a wrong environment, topic or project also gives, \`remove\`
becomes \`suspect\` and the sentence says so: no mistake in a credential can look like a million dead devices.

## Reasons of this package

| providerReason | meaning |
| --- | --- |
| \`MissingAddress\` | the recipient has no address; nothing was sent |
| \`InvalidAddress\` | the address cannot be one of this provider's; nothing was sent |
| \`ChannelNotConfigured\` | no credential for this channel |
| \`MissingSubstitution\` | the text has a \`{{name}}\` this recipient has no value for |
| \`TemplateFailed\` | the template became far too long with this recipient's values |
| \`PayloadTooLarge\` | more bytes than the provider takes; the sentence has both numbers |
| \`NoContent\` | nothing to show and not silent |
| \`InvalidRawContent\`, \`InvalidField\`, \`InvalidPriority\`, \`InvalidTimeToLive\`, \`InvalidCollapseId\`, \`ReservedDataKey\` | the message cannot go out on this channel as it is |
| \`Cancelled\` | the send was stopped before this recipient's turn |
| \`RenewedTooLate\` | the provider asked for a new access token, which came only after the maximum wait; nothing was sent |

Results that begin with "Not sent:" were held back because an earlier recipient showed that every one of them would fail the same way.
`;

/** The whole page, Markdown. */
export function errorsPage(): string {
	return [
		INTRODUCTION,
		section(
			'Apple (APNs)',
			Object.entries(REASON_TABLE).map(([reason, row]) => tableRow(reason, row, row.sentence(APNS_EXAMPLE))),
		),
		section('Google (FCM)', fcmRows()),
		section(
			'Baidu',
			Object.entries(BAIDU_ERROR).map(([code, row]) => tableRow(code, row, row.message)),
		),
		section(
			'Amazon (ADM)',
			Object.entries(ADM_REASON).map(([reason, row]) => tableRow(reason, row, row.message)),
		),
	].join('\n');
}
