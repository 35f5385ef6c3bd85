export { ActiveSends } from './activeSends';
export { NO_PACE, type Pace, Pacer, type PermitSource } from './pacer';
export type { SenderDeps } from './run';
export { createSender, type Sender } from './sender';
export { Turns } from './turns';
export { onTermination } from './termination';
export { type Membership, Throttle, type ThrottleLane } from './throttle';
export { createThrottleRegistry, ThrottleRegistry, type ThrottleRegistryDeps } from './throttleRegistry';
export type * from './types';
