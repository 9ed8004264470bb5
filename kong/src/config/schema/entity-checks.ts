import { checkConstraints } from './constraints.ts'
import type { ErrorTree } from './error-tree.ts'
import type { EntityCheck, Field, Fields } from './field.ts'
import { isNonEmpty, isTable, memberAt, type Table } from './lua-table.ts'

type Argument<Name extends string, Check = EntityCheck> = Check extends Readonly<Record<Name, infer A>> ? A : never

/** What a check looks at: the values with defaults filled in, the fields as described, and the errors found so far. */
interface Subject {
  readonly entity: Table
  readonly fields: Fields
  readonly errors: ErrorTree
}

/** Runs the checks that look at several fields at once, and adds what is wrong to the errors. */
export function runEntityChecks(checks: readonly EntityCheck[], subject: Subject): void {
  for (const check of checks) {
    if ('conditional' in check) runConditional(check.conditional, subject)
    else if ('conditional_at_least_one_of' in check)
      runConditionalAtLeastOneOf(check.conditional_at_least_one_of, subject)
    else if ('custom_entity_check' in check) runCustom(check.custom_entity_check, subject)
    else {
      const problem = checkSetFields(check, subject.entity)
      if (problem) subject.errors.addEntityError(problem)
    }
  }
}

const quotedList = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')

function checkSetFields(check: EntityCheck, entity: Table): string | undefined {
  const given = (names: readonly string[]): string[] => names.filter((name) => isNonEmpty(memberAt(entity, name)))
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
    if (count > 0 && count < check.mutually_required.length)
      return `all or none of these fields must be set: ${quotedList(check.mutually_required)}`
  } else if ('mutually_exclusive_sets' in check) {
    const { set1, set2 } = check.mutually_exclusive_sets
    if (given(set1).length > 0 && given(set2).length > 0)
      return `these sets are mutually exclusive: (${quotedList(set1)}), (${quotedList(set2)})`
  } else if ('distinct' in check) {
    const values = given(check.distinct).map((name) => memberAt(entity, name))
    if (new Set(values).size < values.length)
      return `values of these fields must be distinct: ${quotedList(check.distinct)}`
  }
  return undefined
}

/** A field's description with what a check demands of it besides. */
function narrowed(fields: Fields, path: string, match: Partial<Field>): Field {
  const [head = '', ...rest] = path.split('.')
  const field = fields[head]
  if (field?.fields && rest.length > 0) return narrowed(field.fields, rest.join('.'), match)
  return {
    type: 'any',
    ...match,
    ...(match.elements && { elements: { ...field?.elements, ...match.elements } as Field }),
  }
}

/** The words for the first demand that a value (null: none given) does not meet. */
function mismatch(value: unknown, field: Field): string | undefined {
  if (value === null) {
    if (field.required) return 'required field missing'
    return field.eq !== undefined && field.eq !== null ? `value must be ${field.eq}` : undefined
  }
  if (field.eq === null) return field.err ?? 'value must be null'
  if (field.elements && isTable(value)) {
    const { elements } = field
    const problem = Object.values(value)
      .map((element) => checkConstraints(element, elements))
      .find(Boolean)
    if (problem) return problem
  }
  return checkConstraints(value, field)
}

function runConditional(check: Argument<'conditional'>, { entity, fields, errors }: Subject): void {
  const { if_field, if_match, then_field, then_match, then_err } = check
  const premise = memberAt(entity, if_field)
  if (premise === undefined || premise === null || errors.hasAt(if_field)) return
  const mustBeAbsent = then_match.eq === null
  if (errors.hasAt(then_field) && !mustBeAbsent) return
  if (mismatch(premise, narrowed(fields, if_field, if_match)) !== undefined) return
  const problem = mismatch(memberAt(entity, then_field) ?? null, narrowed(fields, then_field, then_match))
  if (problem === undefined) return
  errors.setAt(then_field, problem)
  errors.addEntityError(then_err ?? `failed conditional validation given value of field '${if_field}'`)
}

function runConditionalAtLeastOneOf(
  check: Argument<'conditional_at_least_one_of'>,
  { entity, fields, errors }: Subject,
): void {
  const premise = memberAt(entity, check.if_field)
  if (premise === undefined || premise === null) return
  const holds = (match: Partial<Field>) => mismatch(premise, narrowed(fields, check.if_field, match)) === undefined
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
