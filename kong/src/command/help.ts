import { honouredNames } from '../settings/kong-environment.ts'
import { KONG_VERSION } from '../version.ts'

export const HELP = `kong: runs kong.yml as Kong ${KONG_VERSION} does, without Kong

  kong start --config FILE --proxy-listen 127.0.0.1:8000 --admin-listen 127.0.0.1:8001
        runs the gateway in the foreground; logs go to standard error
        --status-listen ADDRESS   /status, /status/ready and /metrics, read only
        --admin-allowed-hosts A,B host names by which the Admin and Status API may be called, besides loopback and the
                                  addresses they listen on (also KONG_ADMIN_ALLOWED_HOSTS)
        --plugin-files-dir DIR    plugins such as file-log may write files in this folder alone (also
                                  KONG_PLUGIN_FILES_DIR)
        --env-file FILE           values for \${{ env "DECK_..." }}, over those of the environment
        --watch, --no-watch       whether a saved edit takes effect by itself (it does unless said otherwise)
        --discovery URL           targets besides those of the file: file:PATH, consul:http://HOST:8500 or
                                  eureka:http://HOST:8761/eureka (also PORTICO_DISCOVERY)
        --plugin FILE             a plugin of your own (docs/own-plugins.md); may be given several times
        --log-format text|json
  kong check FILE [--env-file FILE] [--plugin FILE]
        prints every error with line, column and reason
  kong render FILE [-o OUT] [--env-file FILE]
        writes the plain file for real Kong, with the values of the environment put in
  kong --help, kong --version

Exit codes: 0 all well or stopped on request; 1 the file is wrong, or the gateway failed; 2 the command line or a
setting is wrong; 3 a port is taken or can't be listened on.

Signals: SIGTERM and SIGINT finish the requests under way and stop; SIGHUP reads the files again.

Settings of Kong's own that are read from the environment (the command line stands over them):
  ${honouredNames().join('\n  ')}
Others of Kong's are refused by name.
`
