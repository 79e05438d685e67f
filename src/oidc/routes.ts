/** The addresses of the protocol (design §8): a contract with every product, so they never change. */

export const routes = {
  authorization: '/oauth2/authorize',
  token: '/oauth2/token',
  pushed_authorization_request: '/oauth2/par',
  userinfo: '/oauth2/userinfo',
  introspection: '/oauth2/introspect',
  revocation: '/oauth2/revoke',
  jwks: '/oauth2/jwks',
  end_session: '/oauth2/logout',
} as const
