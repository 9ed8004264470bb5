import { afterEach, beforeEach, expect, it } from 'vitest'
import { newId } from '../../ids.ts'

/** A datastore with an empty inbox and a counter, for one test. */
export interface InboxUnderTest {
  /**
   * Claims an event and adds one to the counter, as one replica would; `fails` makes the effect fail.
   * @returns whether it was claimed
   */
  handle(eventId: string, fails?: boolean): Promise<boolean>
  counted(): Promise<number>
  close(): Promise<void>
}

/** The promises of an inbox; every datastore's passes the same suite. */
export function inboxSuite(setUp: () => Promise<InboxUnderTest>): void {
  let store: InboxUnderTest
  beforeEach(async () => {
    store = await setUp()
  })
  afterEach(() => store.close())

  it('lets each event have its effect once, however often it comes', async () => {
    const [one, other] = [newId(), newId()]
    expect(await store.handle(one)).toBe(true)
    expect(await store.handle(other)).toBe(true)
    expect([await store.handle(one), await store.handle(one)]).toEqual([false, false])
    expect(await store.counted()).toBe(2)
  })

  it('lets one of many that have the same event at the same time win', async () => {
    const id = newId()
    const claims = await Promise.all(Array.from({ length: 8 }, () => store.handle(id)))
    expect(claims.filter(Boolean)).toHaveLength(1)
    expect(await store.counted()).toBe(1)
  })

  it('does not claim an event whose effect failed', async () => {
    const id = newId()
    await expect(store.handle(id, true)).rejects.toThrow()
    expect(await store.counted()).toBe(0)
    expect(await store.handle(id)).toBe(true)
    expect(await store.counted()).toBe(1)
  })
}
