// Asks the libraries of GitHub, Stripe, Standard Webhooks and svix about deliveries: a JSON array of
// {library, secret, headers, body} at standard input, with the body in base64 and the names of headers in lower case;
// an array of true, or of why not, at standard output.
import { verify } from '@octokit/webhooks-methods';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as Svix } from 'svix';

const { webhooks } = new Stripe('sk_test_unused');

const libraries = {
  octokit: async ({ secret, headers, body }) => verify(secret, body.toString(), headers['x-hub-signature-256']),
  stripe: async ({ secret, headers, body }) => Boolean(webhooks.constructEvent(body, headers['stripe-signature'], secret)),
  standardwebhooks: async ({ secret, headers, body }) => Boolean(new Webhook(secret).verify(body, headers)),
  // It returns nothing, or throws.
  svix: async ({ secret, headers, body }) => (new Svix(secret).verify(body, headers), true),
};

async function ask({ library, ...delivery }) {
  try {
    return await libraries[library]({ ...delivery, body: Buffer.from(delivery.body, 'base64') });
  } catch (problem) {
    return String(problem.message ?? problem);
  }
}

const pieces = [];
for await (const piece of process.stdin) pieces.push(piece);
const deliveries = JSON.parse(Buffer.concat(pieces).toString());
process.stdout.write(JSON.stringify(await Promise.all(deliveries.map(ask))));
