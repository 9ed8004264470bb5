import type { HeaderList } from '../../headers.ts'

/** Source: Kong 3.9, HTTP_TO_GRPC_STATUS of kong/pdk/response.lua. */
const byStatus: Readonly<Record<number, number>> = {
  200: 0,
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 6,
  429: 8,
  499: 1,
  500: 13,
  501: 12,
  503: 14,
  504: 4,
}

/** Of the statuses that the table leaves out, by their hundreds. */
const byClass: Readonly<Record<number, number>> = { 2: 0, 4: 3, 5: 13 }
const unknown = 2

/** The names of the codes, which stand for a message where there is none. */
const names = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
]

/** Tells a client of gRPC how its call ended; the status of HTTP stays what it is. What the headers say already stays. */
export function addGrpcStatus(headers: HeaderList, status: number, message: string | undefined): void {
  if (!headers.has('grpc-status')) {
    const code = byStatus[status] ?? byClass[Math.floor(status / 100)] ?? unknown
    headers.add('grpc-status', String(code))
    if (message === undefined && !headers.has('grpc-message')) headers.add('grpc-message', names[code] ?? '')
  }
  if (message !== undefined) headers.set('grpc-message', message)
}
