import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { Layout } from './layout.tsx'
import { Home } from './pages/home.tsx'
import { NotFound } from './pages/not-found.tsx'
import { PageFailure } from './parts/page-failure.tsx'
import { PagePending } from './parts/page-pending.tsx'
import { readCatalogueSearch, readNext, readStatus } from './search.ts'

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound })
const getParentRoute = () => root

/** The first page comes with the app; each other one is a chunk that is fetched when somebody means to go there. */
const routes = [
  createRoute({ getParentRoute, path: '/', component: Home }),
  createRoute({
    getParentRoute,
    path: '/shop',
    validateSearch: readCatalogueSearch,
    component: lazyRouteComponent(() => import('./pages/catalogue.tsx'), 'Catalogue'),
  }),
  createRoute({
    getParentRoute,
    path: '/shop/products/$productId',
    component: lazyRouteComponent(() => import('./pages/product.tsx'), 'ProductPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/shop/cart',
    component: lazyRouteComponent(() => import('./pages/cart.tsx'), 'CartPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/shop/checkout',
    component: lazyRouteComponent(() => import('./pages/checkout.tsx'), 'Checkout'),
  }),
  createRoute({
    getParentRoute,
    path: '/shop/sign-in',
    validateSearch: readNext,
    component: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignIn'),
  }),
  createRoute({
    getParentRoute,
    path: '/shop/register',
    validateSearch: readNext,
    component: lazyRouteComponent(() => import('./pages/register.tsx'), 'Register'),
  }),
  createRoute({
    getParentRoute,
    path: '/shop/orders',
    validateSearch: readStatus,
    component: lazyRouteComponent(() => import('./pages/orders.tsx'), 'Orders'),
  }),
  createRoute({
    getParentRoute,
    path: '/shop/orders/$orderId',
    component: lazyRouteComponent(() => import('./pages/order.tsx'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/shop/profile',
    component: lazyRouteComponent(() => import('./pages/profile.tsx'), 'Profile'),
  }),
  createRoute({
    getParentRoute,
    path: '/shop/products',
    beforeLoad: () => {
      throw redirect({ to: '/shop', replace: true })
    },
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
