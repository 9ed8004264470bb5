/** Every path of the Admin API, and of the Status API, which shows part of it. */
import { configRoute } from './config.ts'
import { nodeRoute, statusReadyRoute, statusRoute } from './node.ts'
import { AdminRoutes } from './routes.ts'

export const adminRoutes = new AdminRoutes([nodeRoute, statusRoute, configRoute])

export const statusRoutes = new AdminRoutes([statusRoute, statusReadyRoute])
