/**
 * How long a worker has a delivery that it has begun to send. Longer than an attempt may take: afterwards the worker is
 * taken for dead, and another one sends the delivery.
 */
export const deliveryLeaseMs = 60_000;
