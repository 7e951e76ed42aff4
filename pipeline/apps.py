from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "pipeline"

    def ready(self) -> None:
        from fields.registry import register_objection
        from pipeline.audit_sentences import register_all
        from pipeline.selectors.subjects import criteria_asking_for

        register_all()
        register_objection(criteria_asking_for)
