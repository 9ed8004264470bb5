/** Ways to write the path of a request target so that two readers may take it for different paths. Texts are latin1. */

const words = (text: string): string[] => text.trim().split(/[ \n]+/)

const suffixes = [
  ...words(String.raw`
    # #x #/x #?x ?#x ?x#y ? ?? ?/../x %23 %23x %2523 %3f %3Fx %3fx#y
    ; ;x ;x=1 %3b %3Bx /; /..;/x /.; %00 %00x %0a %0d%0a %09 %20 %7f
    / // /. /./ /%2e /x/.. /x/../ //.. /x//.. /x/%2e%2e %2f %2F %2f.. %2f%2e%2e %252f
    \ %5c /..\ . .. .json %2ejson * + &x = @ :80 ! % %zz %25 %u0020
    %c3%a9 %C2%A0 %e9 %ff %ef%bc%83 %e2%80%8b %c0%af`),
  ...['\t', '\xc3\xa9', '\xe9', '\xef\xbc\x83'],
]

const prefixes = words(String.raw`
  // /. /.. /%2e /%2e%2e /x/.. /x//.. /v1/.. /v2/../ /shop/.. /\ /# /#/.. /x#/.. * ? %2f \ x
  http://shop.test HTTP://SHOP.TEST https://shop.test:444 http://shop.test/ http://shop.test?x/.. http://shop.test#
  http://user@shop.test ws://shop.test http: http:/`)

/** What stands for the slash before a segment. */
const separators = [
  ...words(String.raw`
    // /// /./ /.// /x/../ /x//../ /%2e/ /x/%2e%2e/ /x/.%2E/ /; /;/ /;x/ /.;/ /..;/ ;x/ #/ /#/ /x#/../
    %2f %2F /%2f %2f/ \ /\ %5c /%5c /%00/ /%20 /%09 /%23/ /x%23/../ /?/../ /x?/../ /%3f/../ /%c0%ae/ /x/%252e%252e/ /*/ /~/`),
  ...['/\t', '/\xc2\xad'],
]

/** Letters that some readers take for ASCII ones: long s, the Kelvin sign, dotted I. */
const lookalikes: Readonly<Record<string, string>> = { s: '\xc5\xbf', k: '\xe2\x84\xaa', i: '\xc4\xb0' }

const encode = (text: string): string => text.replace(/[a-z]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)

/** Other ways to write a segment. */
const rewrites: readonly ((segment: string) => string)[] = [
  (segment) => segment.toUpperCase(),
  (segment) => encode(segment),
  (segment) => encode(segment.slice(0, 1)) + segment.slice(1),
  (segment) => encode(segment).toUpperCase(),
  (segment) => encode(segment).replaceAll('%', '%25'),
  (segment) => segment.replace(/[ski]/, (c) => lookalikes[c] ?? c),
]

/** The path with something before or behind it. */
export const aroundPath = (path: string): string[] => [
  ...suffixes.map((suffix) => path + suffix),
  ...prefixes.map((prefix) => prefix + path),
]

/** The path with one slash or one segment written in another way. */
export function withinPath(path: string): string[] {
  const segments = path.split('/').slice(1)
  const spellings = segments.flatMap((segment, i) => {
    const before = segments.slice(0, i).map((each) => `/${each}`)
    const after = segments.slice(i + 1).map((each) => `/${each}`)
    const written = [
      ...separators.map((separator) => separator + segment),
      ...rewrites.map((rewrite) => `/${rewrite(segment)}`),
    ]
    return written.map((each) => [...before, each, ...after].join(''))
  })
  return [...new Set(spellings)]
}

/** The path with two changes, chosen by two numbers. */
export function changedTwice(path: string, first: number, second: number): string {
  const pick = (from: string, choice: number): string => {
    const all = [...aroundPath(from), ...withinPath(from)]
    return all[choice % all.length] ?? from
  }
  const once = pick(path, first)
  return once.startsWith('/') ? pick(once, second) : once
}
