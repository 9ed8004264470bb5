/**
 * Kong compiles a route's regular expression with PCRE before the router sees it. Of PCRE's refusals this tells those
 * that Rust's dialect, checked afterwards, refuses too, but in other words.
 */
export function checkPcre(pattern: string): string | undefined {
  const fault = new PcreScan(pattern).fault()
  if (!fault) return undefined
  const rest = fault.at < pattern.length ? ` at "${pattern.slice(fault.at)}"` : ''
  return `invalid regex: '${pattern}' (PCRE returned: pcre2_compile() failed: ${fault.message} in "${pattern}"${rest})`
}

interface Fault {
  readonly message: string
  /** How far PCRE had read, in characters. */
  readonly at: number
}

class PcreScan {
  readonly #pattern: string
  #at = 0
  #open = 0
  #repeatable = false

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  fault(): Fault | undefined {
    while (this.#at < this.#pattern.length) {
      const fault = this.#step(this.#pattern.charAt(this.#at))
      if (fault) return fault
    }
    return this.#open > 0 ? this.#atEnd('missing closing parenthesis') : undefined
  }

  #atEnd(message: string): Fault {
    return { message, at: this.#pattern.length }
  }

  #step(char: string): Fault | undefined {
    if (char === '\\') return this.#escape()
    if (char === '[') return this.#charClass()
    if (char === '(') return this.#group()
    if (char === ')') {
      if (this.#open === 0) return { message: 'unmatched closing parenthesis', at: this.#at }
      this.#open--
    }
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})[+?]?/.exec(this.#pattern.slice(this.#at))?.[0]
    if (quantifier !== undefined) return this.#quantifier(quantifier)
    this.#repeatable = char !== '|' && char !== '^'
    this.#at++
    return undefined
  }

  #escape(): Fault | undefined {
    if (this.#at + 1 >= this.#pattern.length) return this.#atEnd('\\ at end of pattern')
    this.#at += 2
    this.#repeatable = true
    return undefined
  }

  #charClass(): Fault | undefined {
    const found = /^\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]/s.exec(this.#pattern.slice(this.#at))
    if (!found) return this.#atEnd('missing terminating ] for character class')
    this.#at += found[0].length
    this.#repeatable = true
    return undefined
  }

  #group(): Fault | undefined {
    const special = /^\(\?(.?)/s.exec(this.#pattern.slice(this.#at))?.[1]
    if (special !== undefined && !/^[<=!>:|#P'imsxnUJR&(\d+^-]$/.test(special)) {
      return { message: 'unrecognized character after (? or (?-', at: this.#at + 3 }
    }
    this.#open++
    this.#repeatable = false
    this.#at += special === undefined ? 1 : 2
    if (special !== undefined)
      this.#at +=
        /^(?:[:=!>|]|<[=!]|P?<\w+>|[a-zA-Z^-]*:?(?=\)|.))/.exec(this.#pattern.slice(this.#at))?.[0].length ?? 0
    return undefined
  }

  #quantifier(text: string): Fault | undefined {
    if (!this.#repeatable) return { message: 'quantifier does not follow a repeatable item', at: this.#at + 1 }
    this.#at += text.length
    this.#repeatable = false
    return undefined
  }
}
