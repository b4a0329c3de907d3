{% set day = data_interval_start.in_timezone('Europe/Amsterdam').date() %}
DELETE FROM report_regions WHERE day = '{{ day }}';
INSERT INTO report_regions (day, region, cents, share)
SELECT day, region, sum(cents), round(100.0 * sum(cents) / sum(sum(cents)) OVER (), 1)
FROM facts_daily WHERE day = '{{ day }}' GROUP BY day, region;
