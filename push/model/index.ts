export * from './application';
export * from './channel';
export * from './clock';
export * from './credential';
export * from './errors';
export * from './outcome';
export * from './recipient';
export * from './result';
