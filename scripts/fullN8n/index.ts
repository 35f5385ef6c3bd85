/** The full n8n, pinned: installing, starting and talking to it, for `npm start` and `npm run test:n8n`. */
export { lastLines } from './commands';
export { importIntoN8n } from './content';
export { installN8n, type Progress } from './install';
export { releaseLock, takeLock } from './lock';
export { installPackage, PACKAGE_NAME, packPackage } from './package';
export { DEV_FOLDER, N8N_VERSION, ROOT, ScriptError } from './paths';
export { freePort, n8nCommand, type RunningN8n, startN8n } from './server';
export { type Answer, at, type Owner, Session } from './session';
