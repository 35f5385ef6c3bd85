import { initial } from './001-initial';
import { templates } from './002-templates';
import { deliveryLog } from './003-delivery-log';
import { campaigns } from './004-campaigns';
import type { Migration } from './migration';

export type { Migration, MigrationNames } from './migration';

/** In order; `version` is the place in the list, from 1. */
export const MIGRATIONS: readonly Migration[] = [initial, templates, deliveryLog, campaigns];

export const SCHEMA_VERSION = MIGRATIONS.length;
