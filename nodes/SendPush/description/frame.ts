import type { ExpressionString } from 'n8n-workflow';
import { APPLICATION_NAME, channelWords, subtitle } from '../../shared/subtitle';
import { operationsWithOneOutput } from '../operations';

/** As `resource:operation`. */
const ONE_OUTPUT = JSON.stringify(operationsWithOneOutput());

/** What was sent and what failed leave by outputs of their own; everything else by one. */
export const OUTPUTS: ExpressionString = `={{ ${ONE_OUTPUT}.includes($parameter["resource"] + ":" + $parameter["operation"]) ? [{ type: "main" }] : [{ type: "main", displayName: "Sent" }, { type: "main", displayName: "Failed" }] }}`;

/** Under the node on the canvas; workflows from before there were resources have none. */
export const SUBTITLE = subtitle(
	`($parameter["resource"] ?? "message") !== "message" ? $parameter["operation"] + ": " + $parameter["resource"] : $parameter["operation"] === "sendMessageRequest" ? "message request" : "send: " + ${channelWords('channel')}`,
	`$parameter["source"] === "direct" ? "" : ${APPLICATION_NAME}`,
);
