export * from './types';
export { startSimulators } from './start';
