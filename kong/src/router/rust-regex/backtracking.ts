import type { Node } from './syntax-tree.ts'

/**
 * Whether JavaScript's backtracking engine could need more than linear time on the pattern. It errs to the safe side.
 *
 * Not so: a pattern bound to the start of the text, whose loops each repeat a single character and are followed by a
 * literal that the loop can't take (or by the end), with few alternatives besides.
 */
export function canBacktrackFar(tree: Node): boolean {
  const count = { loops: 0, branches: 0 }
  const simple = isSimple(tree, undefined, count)
  if (!simple || count.branches > MOST_BRANCHES) return true
  return count.loops > 0 && !isAnchored(tree)
}

const MOST_BRANCHES = 6

/** @param next what follows in the sequences around; undefined for the end of the pattern. */
function isSimple(node: Node, next: Node | undefined, count: { loops: number; branches: number }): boolean {
  switch (node.kind) {
    case 'group':
      return isSimple(node.body, next, count)
    case 'sequence':
      return node.parts.every((part, i) => isSimple(part, node.parts[i + 1] ?? next, count))
    case 'choice':
      count.branches += node.choices.length - 1
      return node.choices.every((choice) => isSimple(choice, next, count))
    case 'repeat':
      return isSimpleRepeat(node, next, count)
    default:
      return true
  }
}

function isSimpleRepeat(
  node: Node & { kind: 'repeat' },
  next: Node | undefined,
  count: { loops: number; branches: number },
): boolean {
  if (node.max <= 1) {
    count.branches++
    return isSimple(node.body, next, count)
  }
  if (node.body.kind !== 'character') return false
  if (node.min === node.max) return true
  count.loops++
  return endsBefore(node.body.source, next)
}

/** Whether a loop over this character has to end where `next` begins. */
function endsBefore(source: string, next: Node | undefined): boolean {
  if (next === undefined || (next.kind === 'assertion' && next.source === '$')) return true
  if (next.kind === 'group') return endsBefore(source, next.body)
  if (next.kind === 'sequence') return endsBefore(source, next.parts[0])
  return next.kind === 'character' && next.literal !== undefined && !patternOf(source).test(next.literal)
}

/** Routes repeat few kinds of characters, such as `[^/]`: those are compiled once. */
const patterns = new Map<string, RegExp>()
const MOST_PATTERNS = 200

function patternOf(source: string): RegExp {
  const known = patterns.get(source)
  if (known) return known
  const pattern = new RegExp(`^${source}$`, 'v')
  if (patterns.size >= MOST_PATTERNS) patterns.clear()
  patterns.set(source, pattern)
  return pattern
}

/** Whether every match starts where the text does. */
function isAnchored(node: Node): boolean {
  if (node.kind === 'assertion') return node.start === true
  if (node.kind === 'sequence') return node.parts[0] !== undefined && isAnchored(node.parts[0])
  if (node.kind === 'choice') return node.choices.every(isAnchored)
  return node.kind === 'group' && isAnchored(node.body)
}
