import type { TemplateFault } from './document/env-template.ts'
import { flattenedKongError, kongError } from './document/kong-error.ts'
import type { YamlSyntaxError } from './document/yaml-text.ts'
import { type Problem, writePath } from './problems.ts'
import { ErrorTree } from './schema/error-tree.ts'
import type { Table } from './schema/lua-table.ts'

/** A document that is not taken, and why. */
export interface Refused {
  readonly ok: false
  readonly problems: readonly Problem[]
  /** Names that stand twice in one map, which is not why it is refused. */
  readonly duplicates: readonly Problem[]
  /** The body of Kong's 400. */
  readonly error: object
  /** The same where `flatten_errors` was asked for. */
  readonly flattenedError: object
}

export function refuse(errors: ErrorTree, document: Table, problems: readonly Problem[]): Refused {
  return {
    ok: false,
    problems,
    duplicates: [],
    error: kongError(errors),
    flattenedError: flattenedKongError(errors, document),
  }
}

export function refuseSyntax({ message, position, kongMessage }: YamlSyntaxError): Refused {
  return unreadable([{ ...position, path: '', message }], kongMessage)
}

/** Refuses a document that is no object at all. */
export function refuseText(problem: Problem): Refused {
  return unreadable([problem], problem.message)
}

/** Refuses a document on which the gateway itself fails: a defect must not end a gateway that serves. */
export function refuseDefect(error: unknown): Refused {
  const message = `the gateway failed on this configuration (${error}): this is a defect of the gateway, please report it`
  return refuseText({ line: undefined, column: undefined, path: '', message })
}

/** Kong knows no expressions for the environment, and so has no words of its own for what is wrong with them. */
export function refuseFaults(faults: readonly TemplateFault[]): Refused {
  const problems = faults.map(({ path, position, message }) => ({ ...position, path: writePath(path), message }))
  return unreadable(problems, faults.map(({ message }) => message).join('; '))
}

function unreadable(problems: readonly Problem[], kongMessage: string): Refused {
  const tree = new ErrorTree()
  tree.set('error', `failed parsing declarative configuration: ${kongMessage}`)
  const error = kongError(tree)
  return { ok: false, problems, duplicates: [], error, flattenedError: error }
}
