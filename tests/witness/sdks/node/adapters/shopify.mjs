import '@shopify/shopify-api/adapters/web-api';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { hmac } from '../recipe.mjs';

export const signs = 'recipe';

const name = (headers) => ('shopify-topic' in headers ? 'shopify-hmac-sha256' : 'x-shopify-hmac-sha256');

export const sign = ({ body, secret, headers }) => ({ [name(headers)]: hmac('base64', secret, body) });

export async function verify({ body, secret, headers, url }) {
  const api = shopifyApi({
    apiKey: 'unused',
    apiSecretKey: secret,
    hostName: 'app.example.com',
    apiVersion: Object.values(ApiVersion).at(-1),
    isEmbeddedApp: true,
    logger: { log: () => {} },
  });
  const rawRequest = new Request(url, { method: 'POST', headers });
  const { valid, reason } = await api.webhooks.validate({ rawBody: body.toString(), rawRequest });
  if (!valid) throw new Error(reason);
  return valid;
}
