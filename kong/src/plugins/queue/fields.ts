import { integer, number } from '../../config/schema/field.ts'
import type { QueueSettings } from './queue.ts'

/** The `queue` record of plugins that deliver in batches. Kong 3.9, kong/tools/queue_schema.lua. */
export const queueFields = {
  max_batch_size: integer({ default: 1, between: [1, 1000000] }),
  max_coalescing_delay: number({ default: 1, between: [0, 3600] }),
  max_entries: integer({ default: 10000, between: [1, 1000000] }),
  max_bytes: integer(),
  max_retry_time: number({ default: 60 }),
  initial_retry_delay: number({ default: 0.01, between: [0.001, 1000000] }),
  max_retry_delay: number({ default: 60, between: [0.001, 1000000] }),
  concurrency_limit: integer({ default: 1, one_of: [-1, 1] }),
}

/** The settings in which older fields outside the record still count, where the file gives them. */
export function withOlderFields(queue: QueueSettings, size: number | null, delay: number | null): QueueSettings {
  return {
    ...queue,
    ...(size !== null && { max_batch_size: size }),
    ...(delay !== null && { max_coalescing_delay: delay }),
  }
}
