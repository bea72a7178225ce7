// Starts Swagger UI on the schema of this desk. Writes in a session carry the CSRF token; a bare token gets its scheme.
"use strict";

const root = document.getElementById("reference");

function withKey(request) {
  const given = request.headers.Authorization;
  if (given && given.startsWith("hd_")) request.headers.Authorization = `Bearer ${given}`;
  if (!given && request.method !== "GET") request.headers["X-CSRFToken"] = root.dataset.csrf;
  return request;
}

window.SwaggerUIBundle({
  url: root.dataset.schema,
  dom_id: "#place",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  tryItOutEnabled: false,
  validatorUrl: null,
  requestInterceptor: withKey,
});
