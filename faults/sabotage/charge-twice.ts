import { Agent, type Dispatcher } from 'undici'

/** Test only: payment-service makes every third charge twice, under two keys. */
if (process.env.PORTICO_FAULTS_PROCESS === 'payment') {
  const { prototype } = Agent
  const { dispatch } = prototype
  const nothing = () => undefined
  const unheard: Dispatcher.DispatchHandler = {
    ...{ onRequestStart: nothing, onResponseStart: nothing, onResponseData: nothing },
    ...{ onResponseEnd: nothing, onResponseError: nothing },
  }
  let charges = 0
  prototype.dispatch = function (options, handler) {
    if (/\/charges\/[^/]+$/.test(options.path) && ++charges % 3 === 0) {
      const path = options.path.replace(/(:|%3A)\d+$/, '$199')
      dispatch.call(this, { ...options, path }, unheard)
    }
    return dispatch.call(this, options, handler)
  }
}
