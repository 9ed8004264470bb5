const DAY_MS = 24 * 3600 * 1000

/** How long published events stay where somebody may want to look at them. */
export const PUBLISHED_KEPT_MS = 7 * DAY_MS

/**
 * How long it is remembered that an event was handled. An older one may no longer be handed over: nobody would notice
 * the second time. Dead letters of that age are therefore not replayed.
 */
export const HANDLED_KEPT_MS = 30 * DAY_MS

/** Rows that one clean-up statement takes, so that nobody waits long for their locks. */
export const CLEAN_UP_LIMIT = 500

/** Repeats a deletion of at most `CLEAN_UP_LIMIT` rows until it finds fewer. @param deletion answers how many it took */
export async function inBatches(deletion: () => Promise<number>): Promise<void> {
  while ((await deletion()) >= CLEAN_UP_LIMIT);
}
