-- What the DAGs of this folder expect to find: the shop's table, and those of the warehouse.
CREATE TABLE shop_orders (
    order_id text PRIMARY KEY, day date NOT NULL, region text NOT NULL, product text NOT NULL,
    quantity integer NOT NULL, refund integer NOT NULL
);
CREATE TABLE shop_customers (customer_id integer PRIMARY KEY, region text NOT NULL, email text);
CREATE TABLE order_facts (
    order_id text, day date NOT NULL, region text, product text, quantity integer, refund integer
);
CREATE TABLE customer_counts (day date, region text, customers integer, PRIMARY KEY (day, region));
CREATE TABLE daily_revenue (day date, region text, orders integer NOT NULL, cents integer NOT NULL);
CREATE VIEW shop_sales AS
SELECT
    day, region,
    quantity * CASE product WHEN 'chair' THEN 4900 WHEN 'desk' THEN 24900 WHEN 'lamp' THEN 1950 ELSE 7500 END - refund
    AS cents
FROM shop_orders
WHERE quantity > 0;
