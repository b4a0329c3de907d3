{% set day = data_interval_start.in_timezone('Europe/Amsterdam').date() %}
DELETE FROM facts_daily WHERE day = '{{ day }}';
INSERT INTO facts_daily (day, region, product, quantity, cents)
SELECT raw_orders.day, raw_orders.region, raw_orders.product, sum(quantity), sum(quantity * price_cents - refund)
FROM raw_orders JOIN raw_prices ON raw_prices.product = raw_orders.product
WHERE raw_orders.day = '{{ day }}' AND quantity > 0
GROUP BY raw_orders.day, raw_orders.region, raw_orders.product;
