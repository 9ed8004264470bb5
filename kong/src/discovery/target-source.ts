import type { TargetSpec } from '../balancer/target-pool.ts'

/** What a registry tells of one service: every instance that takes requests, none twice. */
export type Targets = readonly TargetSpec[]

/** A registry that knows where the instances of services are. */
export interface TargetSource {
  /** For logs: `consul http://127.0.0.1:8500`. Without credentials. */
  readonly name: string
  /**
   * Tells the targets of a service now and at every change. What can't be learned is not told: the ones before stay.
   * Never throws; failures go to `onFailure`, and the source goes on trying by itself.
   */
  watch(service: string, listener: TargetListener): Watch
}

export interface TargetListener {
  onTargets(targets: Targets): void
  onFailure(error: Error): void
}

export interface Watch {
  close(): void
}

/** A registry answered what is no answer of its kind. */
export class BadRegistryAnswer extends Error {
  override readonly name = 'BadRegistryAnswer'
}
