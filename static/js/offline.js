// Lets the phone keep the page for when there is no network.
navigator.serviceWorker?.register("/service-worker.js");
