import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'
import { type GrpcService, protoRoot } from '@portico/contracts'

/** Reads the .proto files of services. 64-bit integers are numbers: no amount or stock goes beyond what those hold. */
export const readProtos = (services: readonly GrpcService[]): PackageDefinition =>
  loadSync(
    services.map(({ proto }) => proto),
    { includeDirs: [protoRoot], longs: Number, enums: String, defaults: true, oneofs: false },
  )

/** @throws TypeError when the file does not define the service */
export function definitionOf({ name }: GrpcService, protos: PackageDefinition): ServiceDefinition {
  const definition = protos[name]
  if (definition === undefined || 'format' in definition) throw new TypeError(`${name} is not a service of its file`)
  return definition as ServiceDefinition
}
