/**
 * Matches in time linear in the text: a set of threads walks over it once, in order of preference, as in
 * Pike's virtual machine (R. Cox, "Regular Expression Matching: the Virtual Machine Approach"). The preference is
 * that of a backtracking engine, so the match found is the one Rust finds.
 */
import { type Node, RegexRefusal } from './syntax-tree.ts'

type Instruction =
  | { readonly op: 'character'; readonly accepts: (character: string) => boolean }
  | { readonly op: 'assertion'; readonly holds: (text: string, at: number) => boolean }
  /** Goes on at the first; a thread of lower preference at the second. */
  | { readonly op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'match' }

export interface Found {
  readonly index: number
  readonly texts: readonly (string | undefined)[]
}

const MOST_INSTRUCTIONS = 20_000

/** @throws RegexRefusal for a pattern that is too big once its counted repeats are written out. */
export function matchLinearly(tree: Node): (text: string) => Found | undefined {
  const program = new Compiler().compile(tree)
  return (text) => new Run(program, text).find()
}

class Compiler {
  readonly #program: Instruction[] = []

  compile(tree: Node): Instruction[] {
    this.#emit({ op: 'save', slot: 0 })
    this.#add(tree)
    this.#emit({ op: 'save', slot: 1 })
    this.#emit({ op: 'match' })
    return this.#program
  }

  #emit<I extends Instruction>(instruction: I): I {
    if (this.#program.length >= MOST_INSTRUCTIONS) throw new RegexRefusal([], 'Compiled regex exceeds size limit', 0, 0)
    this.#program.push(instruction)
    return instruction
  }

  #add(node: Node): void {
    switch (node.kind) {
      case 'empty':
        return
      case 'character':
        this.#emit({ op: 'character', accepts: acceptor(node.source) })
        return
      case 'assertion':
        this.#emit({ op: 'assertion', holds: holder(node.source) })
        return
      case 'group':
        this.#emit({ op: 'save', slot: node.index * 2 })
        this.#add(node.body)
        this.#emit({ op: 'save', slot: node.index * 2 + 1 })
        return
      case 'sequence':
        for (const part of node.parts) this.#add(part)
        return
      case 'choice':
        this.#addChoice(node.choices)
        return
      case 'repeat':
        this.#addRepeat(node)
    }
  }

  #addChoice(choices: readonly Node[]): void {
    const ends: { op: 'jump'; to: number }[] = []
    const last = choices.at(-1)
    for (const choice of choices.slice(0, -1)) {
      const split = this.#emit({ op: 'split', first: this.#program.length + 1, second: 0 })
      this.#add(choice)
      ends.push(this.#emit({ op: 'jump', to: 0 }))
      split.second = this.#program.length
    }
    if (last) this.#add(last)
    for (const end of ends) end.to = this.#program.length
  }

  #addRepeat({ min, max, greedy, body }: Node & { kind: 'repeat' }): void {
    for (let i = 0; i < min; i++) this.#add(body)
    if (max === Number.POSITIVE_INFINITY) {
      const start = this.#program.length
      const leave = this.#addOptional(greedy, body)
      this.#emit({ op: 'jump', to: start })
      leave(this.#program.length)
      return
    }
    const leaves = Array.from({ length: max - min }, () => this.#addOptional(greedy, body))
    for (const leave of leaves) leave(this.#program.length)
  }

  /** Adds a body that can be left out. @returns how to say where to go on then. */
  #addOptional(greedy: boolean, body: Node): (to: number) => void {
    const split = this.#emit({ op: 'split', first: 0, second: 0 })
    const inside = this.#program.length
    this.#add(body)
    return (to) => {
      split.first = greedy ? inside : to
      split.second = greedy ? to : inside
    }
  }
}

function acceptor(source: string): (character: string) => boolean {
  const pattern = new RegExp(`^${source}$`, 'v')
  const known = new Map<string, boolean>()
  return (character) => {
    let accepted = known.get(character)
    if (accepted === undefined) {
      accepted = pattern.test(character)
      if (known.size < 512) known.set(character, accepted)
    }
    return accepted
  }
}

function holder(source: string): (text: string, at: number) => boolean {
  if (source === '^') return (_, at) => at === 0
  if (source === '$') return (text, at) => at === text.length
  const pattern = new RegExp(source, 'vy')
  return (text, at) => {
    pattern.lastIndex = at
    return pattern.test(text)
  }
}

/** Where a thread stands, and what its groups have caught. */
interface Thread {
  readonly at: number
  readonly slots: readonly (number | undefined)[]
}

class Run {
  readonly #program: readonly Instruction[]
  readonly #text: string
  #seen = new Set<number>()

  constructor(program: readonly Instruction[], text: string) {
    this.#program = program
    this.#text = text
  }

  find(): Found | undefined {
    let threads: Thread[] = []
    let best: Thread | undefined
    for (let position = 0; ; ) {
      this.#seen = new Set()
      const current: Thread[] = []
      for (const thread of threads) this.#follow(current, thread, position)
      if (!best) this.#follow(current, { at: 0, slots: [] }, position)
      const character =
        position < this.#text.length ? String.fromCodePoint(this.#text.codePointAt(position) ?? 0) : undefined
      threads = []
      for (const thread of current) {
        const instruction = this.#program[thread.at] as Instruction
        if (instruction.op === 'match') {
          best = thread
          break
        }
        if (instruction.op === 'character' && character !== undefined && instruction.accepts(character)) {
          threads.push({ at: thread.at + 1, slots: thread.slots })
        }
      }
      if (character === undefined || (best && threads.length === 0)) break
      position += character.length
    }
    return best && this.#describe(best)
  }

  /** Adds the threads that a thread becomes without taking a character, in order of preference. */
  #follow(into: Thread[], start: Thread, position: number): void {
    const waiting = [start]
    for (let thread = waiting.pop(); thread; thread = waiting.pop()) {
      const { at, slots } = thread
      if (this.#seen.has(at)) continue
      this.#seen.add(at)
      const instruction = this.#program[at] as Instruction
      if (instruction.op === 'jump') waiting.push({ at: instruction.to, slots })
      else if (instruction.op === 'split') {
        waiting.push({ at: instruction.second, slots }, { at: instruction.first, slots })
      } else if (instruction.op === 'save') {
        const saved = slots.slice()
        saved[instruction.slot] = position
        waiting.push({ at: at + 1, slots: saved })
      } else if (instruction.op === 'assertion') {
        if (instruction.holds(this.#text, position)) waiting.push({ at: at + 1, slots })
      } else into.push(thread)
    }
  }

  #describe({ slots }: Thread): Found {
    const groups = Math.max(...this.#program.map((i) => (i.op === 'save' ? i.slot : 0))) >> 1
    const texts = Array.from({ length: groups + 1 }, (_, group) => {
      const [start, end] = [slots[group * 2], slots[group * 2 + 1]]
      return start === undefined || end === undefined ? undefined : this.#text.slice(start, end)
    })
    return { index: slots[0] ?? 0, texts }
  }
}
