from django.apps import AppConfig


class ForecastingConfig(AppConfig):
    name = "forecasting"

    def ready(self) -> None:
        from forecasting.selectors.stage_effects import forecast_effects
        from pipeline import registry

        registry.register_effects("forecast", forecast_effects)
