import tls from 'node:tls'
import type { Identity } from './default-certificate.ts'

/**
 * Versions and ciphers of Kong's `ssl_cipher_suite = intermediate`.
 * Source: Kong 3.9, kong/conf_loader/constants.lua (Mozilla's recommendation 5.0).
 */
const intermediate = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'DHE-RSA-AES128-GCM-SHA256',
    'DHE-RSA-AES256-GCM-SHA384',
    'DHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  dhparam: 'auto',
} as const

/** What a port needs to answer with these certificates. */
export const serverOptions = ({ cert, key }: Identity): tls.SecureContextOptions => ({
  ...intermediate,
  cert: [...cert],
  key: [...key],
})

export const serverContext = (identity: Identity): tls.SecureContext => tls.createSecureContext(serverOptions(identity))
