// Swagger UI without its inline start script, which our content security policy would refuse.
const page = document.getElementById("reference");
window.SwaggerUIBundle({
  url: page.dataset.schema,
  domNode: page,
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
});
