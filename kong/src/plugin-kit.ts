/** What a plugin of one's own is written with: its shape, what it sees of a request, and the words of its schema. */
export {
  array,
  boolean,
  type EntityCheck,
  type Field,
  integer,
  map,
  number,
  record,
  set,
  string,
  type Value,
} from './config/schema/field.ts'
export type { Exchange } from './exchange.ts'
export type { Exit, Plugin } from './plugins/plugin.ts'
