import type { Operation } from '../../shared/operation';
import { check } from './check.operation';
import { deleteChannels } from './delete.operation';
import { disable } from './disable.operation';
import { enable } from './enable.operation';
import { get } from './get.operation';
import { getMany } from './getMany.operation';

/** In the order of the alphabet: the order of the editor's list. */
export const OPERATIONS: readonly Operation[] = [check, deleteChannels, disable, enable, get, getMany];
