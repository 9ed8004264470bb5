import {
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
  heartbeatV4,
  joinGroupV7,
  leaveGroupV4,
  offsetCommitV8,
  syncGroupV5,
} from '@platformatic/kafka'
import { pause } from '../../retry.ts'
import { ANSWER_MS, type KafkaLine } from './line.ts'
import { KafkaRefusal } from './refusal.ts'
import type { KafkaCommit } from './window.ts'

interface GroupOptions {
  /** For what is answered at once. */
  readonly line: KafkaLine
  /** For joining, which waits for the others. */
  readonly waitingLine: KafkaLine
  readonly group: string
  readonly topics: readonly string[]
  /** How long a member may be silent before the others go on without it. */
  readonly sessionMs: number
}

const BEAT_MS = 1000
const PROTOCOL_TYPE = 'consumer'
const PROTOCOL = 'portico-leader'

/**
 * One member of a consumer group in which the leader reads everything and the others stand by. Kafka lets a leader stay
 * one as long as it lives, so that nothing changes hands when others come and go.
 */
export class KafkaMember {
  readonly #options: GroupOptions
  #id = ''
  #generation = -1
  #leads = false
  #heardAt = Number.NEGATIVE_INFINITY

  constructor(options: GroupOptions) {
    this.#options = options
  }

  /** Whether it is the one that reads: not when it was unheard for so long that another may be. */
  get leads(): boolean {
    return this.#leads && Date.now() - this.#heardAt < this.#options.sessionMs
  }

  /** Joins, or says again that it is there; resolves when the group has agreed on who leads. */
  async join(): Promise<void> {
    try {
      const joined = await this.#ask(() => this.#join())
      this.#generation = joined.generationId
      await this.#ask(() => this.#sync(joined))
      this.#leads = joined.leader === this.#id
      this.#heardAt = Date.now()
    } catch (error) {
      // The broker names a new member before it lets it in.
      if (!KafkaRefusal.is(error, 'MEMBER_ID_REQUIRED')) throw error
      this.#id = error.memberId
      await this.join()
    }
  }

  /** Says from time to time that it is alive. Resolves when the group changes, and it has to join again. */
  async stay(signal: AbortSignal): Promise<void> {
    const { line, group } = this.#options
    for (;;) {
      await pause(BEAT_MS, signal)
      if (signal.aborted) return
      try {
        await this.#ask(() =>
          line.coordinator(group, (connection) =>
            heartbeatV4.api.async(connection, group, this.#generation, this.#id, null),
          ),
        )
        this.#heardAt = Date.now()
      } catch (error) {
        if (KafkaRefusal.is(error, 'REBALANCE_IN_PROGRESS')) return
        throw error
      }
    }
  }

  /** Keeps how far the group is in its topics. */
  async commit(commits: ReadonlyMap<string, KafkaCommit>): Promise<void> {
    const { line, group } = this.#options
    const topics = [...commits].map(([name, { offset, metadata }]) => ({
      name,
      partitions: [
        { partitionIndex: 0, committedOffset: offset, committedLeaderEpoch: -1, committedMetadata: metadata },
      ],
    }))
    await line.coordinator(group, (connection) =>
      offsetCommitV8.api.async(connection, group, this.#generation, this.#id, null, topics),
    )
  }

  /** Lets another lead at once. */
  async leave(): Promise<void> {
    const { line, group } = this.#options
    if (this.#id === '') return
    const members = [{ memberId: this.#id }]
    await line.coordinator(group, (connection) => leaveGroupV4.api.async(connection, group, members))
  }

  #join(): Promise<joinGroupV7.JoinGroupResponse> {
    const { waitingLine, group, topics, sessionMs } = this.#options
    const metadata = encodeConsumerProtocolSubscription({ version: 0, topics: [...topics] })
    const protocols = [{ name: PROTOCOL, metadata }]
    return waitingLine.coordinator(
      group,
      (connection) =>
        joinGroupV7.api.async(connection, group, sessionMs, sessionMs, this.#id, null, PROTOCOL_TYPE, protocols),
      sessionMs + ANSWER_MS,
    )
  }

  async #sync({ leader, members }: joinGroupV7.JoinGroupResponse): Promise<void> {
    const { waitingLine, group, topics, sessionMs } = this.#options
    const all = topics.map((topic) => ({ topic, partitions: [0] }))
    const assignments = members.map(({ memberId }) => ({
      memberId,
      assignment: encodeConsumerProtocolAssignment({ version: 0, assignedPartitions: memberId === leader ? all : [] }),
    }))
    await waitingLine.coordinator(
      group,
      (connection) =>
        syncGroupV5.api.async(
          connection,
          group,
          this.#generation,
          this.#id,
          null,
          PROTOCOL_TYPE,
          PROTOCOL,
          assignments,
        ),
      sessionMs + ANSWER_MS,
    )
  }

  /** A member that the group does not know any more is a new one. */
  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (KafkaRefusal.is(error, 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION')) {
        this.#id = ''
        this.#leads = false
      }
      throw error
    }
  }
}
