import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Layout } from './layout.tsx'
import { NotFound } from './pages/not-found.tsx'
import { PageFailure } from './parts/page-failure.tsx'
import { PagePending } from './parts/page-pending.tsx'
import { readAuditSearch, readGroup, readOrderSearch, readPaymentSearch, readTextSearch } from './search.ts'

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound })
const getParentRoute = () => root

const routes = [
  createRoute({
    getParentRoute,
    path: '/admin',
    component: lazyRouteComponent(() => import('./pages/dashboard.tsx'), 'Dashboard'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/orders',
    validateSearch: readOrderSearch,
    component: lazyRouteComponent(() => import('./pages/orders.tsx'), 'Orders'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/orders/$orderId',
    component: lazyRouteComponent(() => import('./pages/order.tsx'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/payments',
    validateSearch: readPaymentSearch,
    component: lazyRouteComponent(() => import('./pages/payments.tsx'), 'Payments'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/products',
    validateSearch: readTextSearch,
    component: lazyRouteComponent(() => import('./pages/products.tsx'), 'Products'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/products/new',
    component: lazyRouteComponent(() => import('./pages/new-product.tsx'), 'NewProduct'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/products/$productId',
    component: lazyRouteComponent(() => import('./pages/product.tsx'), 'ProductPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/users',
    validateSearch: readTextSearch,
    component: lazyRouteComponent(() => import('./pages/users.tsx'), 'Users'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/users/$userId',
    component: lazyRouteComponent(() => import('./pages/user.tsx'), 'UserPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/dead-letters',
    validateSearch: readGroup,
    component: lazyRouteComponent(() => import('./pages/dead-letters.tsx'), 'DeadLetters'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/gateway',
    component: lazyRouteComponent(() => import('./pages/gateway.tsx'), 'Gateway'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin/audit',
    validateSearch: readAuditSearch,
    component: lazyRouteComponent(() => import('./pages/audit.tsx'), 'Audit'),
  }),
] as const

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailure,
  defaultPendingComponent: PagePending,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
