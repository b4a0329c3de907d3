-- Where an application keeps its users' pipelines; `config` has the fields of common.factories.pipelines.Pipeline.
CREATE TABLE pipeline_configurations (
    pipeline_name text PRIMARY KEY,
    schedule text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    config jsonb NOT NULL DEFAULT '{}'
);
