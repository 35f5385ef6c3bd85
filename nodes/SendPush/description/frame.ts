import type { ExpressionString } from 'n8n-workflow';
import { operationsWithOneOutput } from '../operations';

/** As `resource:operation`. */
const ONE_OUTPUT = JSON.stringify(operationsWithOneOutput());

/** What was sent and what failed leave by outputs of their own; everything else by one. */
export const OUTPUTS: ExpressionString = `={{ ${ONE_OUTPUT}.includes($parameter["resource"] + ":" + $parameter["operation"]) ? [{ type: "main" }] : [{ type: "main", displayName: "Sent" }, { type: "main", displayName: "Failed" }] }}`;

/** Under the node on the canvas; workflows from before there were resources have none. */
export const SUBTITLE =
	'={{ ($parameter["resource"] ?? "message") !== "message" ? $parameter["operation"] + ": " + $parameter["resource"] : $parameter["operation"] === "sendMessageRequest" ? "Send message request" : "Send to devices: " + ($parameter["channel"] === "fromField" ? "any channel" : $parameter["channel"]) }}';
