import { oncePer } from '../../once-per.ts'
import type { ErrorNode, ErrorTree } from './error-tree.ts'
import type { EntityCheck, Field, Fields } from './field.ts'
import { isNonEmpty, memberAt, type Table } from './lua-table.ts'
import { isVaultReference } from './vault-references.ts'

type Argument<Name extends string, Check = EntityCheck> = Check extends Readonly<Record<Name, infer A>> ? A : never

/** What a check looks at: the values with defaults filled in, the fields as described, and the errors found so far. */
interface Subject {
  readonly entity: Table
  readonly fields: Fields
  readonly errors: ErrorTree
  readonly validate: (field: Field, value: unknown) => { readonly error: ErrorNode | undefined }
}

/** Runs the checks that look at several fields at once, and adds what is wrong to the errors. */
export function runEntityChecks(checks: readonly EntityCheck[], subject: Subject): void {
  const secretsOf = referenceableSources(subject.fields)
  for (const check of checks) {
    if (secretsOf(check).some((path) => isVaultReference(memberAt(subject.entity, path)))) continue
    if ('conditional' in check) runConditional(check.conditional, subject)
    else if ('conditional_at_least_one_of' in check)
      runConditionalAtLeastOneOf(check.conditional_at_least_one_of, subject)
    else if ('custom_entity_check' in check) runCustom(check.custom_entity_check, subject)
    else {
      const problem = checkSetFields(check, subject)
      if (problem) subject.errors.addEntityError(problem)
    }
  }
}

/** The fields that a check looks at. */
function sourcesOf(check: EntityCheck): readonly string[] {
  if ('conditional' in check) return [check.conditional.if_field, check.conditional.then_field]
  if ('conditional_at_least_one_of' in check) return [check.conditional_at_least_one_of.if_field]
  if ('custom_entity_check' in check) return check.custom_entity_check.field_sources
  if ('mutually_exclusive_sets' in check)
    return [...check.mutually_exclusive_sets.set1, ...check.mutually_exclusive_sets.set2]
  return Object.values(check).flat()
}

/** The fields that a check looks at and that may hold a reference: of a secret kept elsewhere nothing can be said. */
const referenceableSources = oncePer((fields: Fields) =>
  oncePer((check: EntityCheck) => sourcesOf(check).filter((path) => fieldAt(fields, path)?.referenceable === true)),
)

function fieldAt(fields: Fields, path: string): Field | undefined {
  const [head = '', ...rest] = path.split('.')
  const field = fields[head]
  return rest.length === 0 ? field : fieldAt(field?.fields ?? {}, rest.join('.'))
}

const quotedList = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')

function checkSetFields(check: EntityCheck, { entity, errors }: Subject): string | undefined {
  const given = (names: readonly string[]): string[] => names.filter((name) => isNonEmpty(memberAt(entity, name)))
  const isWrong = () => sourcesOf(check).some((name) => errors.has(name))
  if ('at_least_one_of' in check) {
    if (given(check.at_least_one_of).length === 0)
      return `at least one of these fields must be non-empty: ${quotedList(check.at_least_one_of)}`
  } else if ('exactly_one_of' in check) {
    if (given(check.exactly_one_of).length !== 1)
      return `exactly one of these fields must be non-empty: ${quotedList(check.exactly_one_of)}`
  } else if ('only_one_of' in check) {
    if (given(check.only_one_of).length !== 1)
      return `exactly one of these fields must be non-empty: ${quotedList(check.only_one_of)}`
  } else if ('mutually_required' in check) {
    const count = given(check.mutually_required).length
    if (count > 0 && count < check.mutually_required.length && !isWrong())
      return `all or none of these fields must be set: ${quotedList(check.mutually_required)}`
  } else if ('mutually_exclusive' in check) {
    if (given(check.mutually_exclusive).length > 1 && !isWrong())
      return `only one or none of these fields must be set: ${quotedList(check.mutually_exclusive)}`
  } else if ('mutually_exclusive_sets' in check) {
    const { set1, set2 } = check.mutually_exclusive_sets
    if (given(set1).length > 0 && given(set2).length > 0 && !isWrong())
      return `these sets are mutually exclusive: (${quotedList(given(set1))}), (${quotedList(given(set2))})`
  } else if ('distinct' in check) {
    const values = given(check.distinct).map((name) => memberAt(entity, name))
    if (new Set(values).size < values.length)
      return `values of these fields must be distinct: ${quotedList(check.distinct)}`
  }
  return undefined
}

/** A field's description with what a check demands of it besides. */
const narrowed = (fields: Fields, path: string, match: Partial<Field>): Field => narrowedIn(fields)(match)(path)

const narrowedIn = oncePer((fields: Fields) =>
  oncePer((match: Partial<Field>) => {
    const byPath = new Map<string, Field>()
    return (path: string): Field => {
      const known = byPath.get(path)
      if (known) return known
      const field: Field = { type: 'any', ...fieldAt(fields, path), ...match }
      byPath.set(path, field)
      return field
    }
  }),
)

/** Kong runs it on values that are wrong by themselves too; what it finds then stands in the place of the first error. */
function runConditional(check: Argument<'conditional'>, subject: Subject): void {
  const { entity, fields, errors, validate } = subject
  const { if_field, if_match, then_field, then_match, then_err } = check
  const premise = memberAt(entity, if_field)
  if (premise === undefined || validate(narrowed(fields, if_field, if_match), premise).error !== undefined) return
  const value = memberAt(entity, then_field) ?? null
  const isMissing = value === null && then_match.required === true
  const { error } = isMissing
    ? { error: 'required field missing' }
    : validate(narrowed(fields, then_field, then_match), value)
  if (error === undefined) return
  errors.setAt(then_field, error)
  const words = `failed conditional validation given value of field '${if_field}'`
  errors.addEntityError(isMissing ? words : (then_err ?? words))
}

function runConditionalAtLeastOneOf(
  check: Argument<'conditional_at_least_one_of'>,
  { entity, fields, errors, validate }: Subject,
): void {
  const premise = memberAt(entity, check.if_field)
  if (premise === undefined) return
  const holds = (match: Partial<Field>) =>
    validate(narrowed(fields, check.if_field, match), premise).error === undefined
  const demand = (
    names: readonly string[] = [],
    words = 'at least one of these fields must be non-empty: %s',
  ): void => {
    if (!names.some((name) => isNonEmpty(memberAt(entity, name))))
      errors.addEntityError(words.replace('%s', quotedList(names)))
  }
  if (holds(check.if_match)) demand(check.then_at_least_one_of, check.then_err)
  else if (check.else_match && holds(check.else_match)) demand(check.else_then_at_least_one_of, check.else_then_err)
}

function runCustom(check: Argument<'custom_entity_check'>, { entity, errors }: Subject): void {
  if (check.field_sources.some((source) => errors.hasAt(source))) return
  const found = check.check(entity as never)
  if (found === undefined) return
  if (typeof found === 'string') errors.addEntityError(found)
  else for (const [path, message] of Object.entries(found)) errors.setAt(path, String(message))
}
