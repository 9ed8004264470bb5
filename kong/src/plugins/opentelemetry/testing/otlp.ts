/** Reads what a collector gets: just enough of protobuf for `ExportTraceServiceRequest`. */

type Value = bigint | Buffer
type Message = ReadonlyMap<number, readonly Value[]>

function varint(bytes: Buffer, from: number): [value: bigint, next: number] {
  let value = 0n
  for (let at = from, shift = 0n; ; at++, shift += 7n) {
    const byte = bytes[at] as number
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return [value, at + 1]
  }
}

function read(bytes: Buffer): Message {
  const fields = new Map<number, Value[]>()
  for (let at = 0; at < bytes.length; ) {
    const [tag, start] = varint(bytes, at)
    const [value, next] = readValue(bytes, start, Number(tag & 7n))
    const number = Number(tag >> 3n)
    fields.set(number, [...(fields.get(number) ?? []), value])
    at = next
  }
  return fields
}

function readValue(bytes: Buffer, start: number, type: number): [value: Value, next: number] {
  if (type === 0) return varint(bytes, start)
  if (type === 1) return [bytes.readBigUInt64LE(start), start + 8]
  if (type === 5) return [BigInt(bytes.readUInt32LE(start)), start + 4]
  const [length, from] = varint(bytes, start)
  return [bytes.subarray(from, from + Number(length)), from + Number(length)]
}

const messages = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).map((value) => read(value as Buffer))
const buffer = (message: Message, field: number): Buffer => (message.get(field)?.[0] ?? Buffer.alloc(0)) as Buffer
const number = (message: Message, field: number): bigint => (message.get(field)?.[0] ?? 0n) as bigint

function attributesOf(message: Message, field: number): Record<string, string | number> {
  const pairs = messages(message, field).map((pair): [string, string | number] => {
    const value = read(buffer(pair, 2))
    return [buffer(pair, 1).toString(), value.has(1) ? buffer(value, 1).toString() : Number(number(value, 3))]
  })
  return Object.fromEntries(pairs)
}

/** The spans of a request to a collector, and the attributes of the resource. */
export function spansIn(body: Buffer) {
  const resourceSpans = messages(read(body), 1)
  const spans = resourceSpans
    .flatMap((each) => messages(each, 2))
    .flatMap((scope) => messages(scope, 2))
    .map((span) => ({
      traceId: buffer(span, 1).toString('hex'),
      id: buffer(span, 2).toString('hex'),
      parentId: buffer(span, 4).toString('hex'),
      name: buffer(span, 5).toString(),
      kind: Number(number(span, 6)),
      start: number(span, 7),
      end: number(span, 8),
      attributes: attributesOf(span, 9),
      status: Number(number(read(buffer(span, 15)), 3)),
    }))
  const [first] = resourceSpans
  return { spans, resource: first ? attributesOf(read(buffer(first, 1)), 1) : {} }
}
