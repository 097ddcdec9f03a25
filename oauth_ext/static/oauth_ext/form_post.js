// Sends the answer to the app at once. Without this script the page's button does.
document.getElementById('answer').submit()
